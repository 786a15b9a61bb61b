import{b as e,c as t,d as a}from"./chunk-SNGMSHMG.js";import"./chunk-PEX6FZ2F.js";import"./chunk-KWNBQJY6.js";import{B as s,G as n,Ia as u,Ka as i,S as r,V as l,c as o,d,e as c,ga as v,ha as $,ia as p,j as m,m as h,oa as f,pa as b,va as g,y as k,z as y,za as I}from"./chunk-WIWLIJCN.js";function j({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function w({id:s}){let d=l(),w=c(!1),S=c(!1),E=c("");b.value;let C=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),E.value="",S.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;S.value="not_found"===e.code,S.value&&f.clear(),E.value=S.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let G=r("activity.write",s)&&r("status.write",s),L=r("status.write",s)&&h`<button type="button" onClick=${()=>w.value=!0}>${d.board.setSelected}</button>`;return h`${E.value&&h`<${v} kind="error">${E.value}<//>`}
${C?h`<div class=${E.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${G?h`<${j} id=${s} />`:h`<${I} status=${C.status} large />`}
${L}
</div>
<${t} person=${C} />
<${a} id=${s} person=${C} />
</div>`:S.value?h`<${$} isPage title=${d.person.unseenYet}>${G?h`<${j} id=${s} />`:L}<//>`:!E.value&&h`<${p} />`}
${w.value&&h`<${i} ids=${[s]} onClose=${()=>w.value=!1} />`}`}export{w as OwnPage};