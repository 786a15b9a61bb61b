import{b as e,c as t,d as a}from"./chunk-QRIIHAGY.js";import"./chunk-EP2DCEKO.js";import{A as s,Ca as n,Ea as u,F as i,O as r,R as l,b as o,c as d,ca as c,d as $,da as v,ea as p,i as m,ja as h,ka as b,l as f,qa as k,ua as g,x as y,y as w}from"./chunk-RPKXKQOU.js";function E({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",w.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),f`<div ref=${t}></div>`}function I({id:s}){let d=l(),I=$(!1),j=$(!1),A=$("");b.value;let C=h.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await y.getStatus({accountId:w.peek(),userId:s});e&&k([e]),A.value="",j.value=!1}catch(e){if(!(e instanceof m))throw e;if(i(e))return;j.value="not_found"===e.code,A.value=j.value?"":n(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let O=r("activity.write",s)&&r("status.write",s),P=r("status.write",s)&&f`<button type="button" onClick=${()=>I.value=!0}>${d.board.setSelected}</button>`;return f`${A.value&&f`<${c} kind="error">${A.value}<//>`}
${C?f`<div class=${A.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${O?f`<${E} id=${s} />`:f`<${g} status=${C.status} large />`}
${P}
</div>
<${t} person=${C} />
<${a} id=${s} person=${C} />
</div>`:j.value?f`<${v} isPage title=${d.person.unseenYet}>${O?f`<${E} id=${s} />`:P}<//>`:!A.value&&f`<${p} />`}
${I.value&&f`<${u} ids=${[s]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};