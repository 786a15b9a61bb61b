import{b as e,c as t,d as a}from"./chunk-5VSVITAO.js";import"./chunk-QTPTV3LC.js";import"./chunk-RB55POKH.js";import{B as s,G as n,Ia as u,Ka as i,S as r,V as l,c as o,d,e as c,ga as v,ha as $,ia as p,j as m,m as h,oa as f,pa as b,va as g,y as k,z as y,za as j}from"./chunk-5LXVYUZX.js";function w({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function I({id:s}){let d=l(),I=c(!1),S=c(!1),V=c("");b.value;let L=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),V.value="",S.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;S.value="not_found"===e.code,S.value&&f.clear(),V.value=S.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let P=r("activity.write",s)&&r("status.write",s),A=r("status.write",s)&&h`<button type="button" onClick=${()=>I.value=!0}>${d.board.setSelected}</button>`;return h`${V.value&&h`<${v} kind="error">${V.value}<//>`}
${L?h`<div class=${V.value?"stale":""}>
<div class="person-head">
<${e} person=${L} />
${P?h`<${w} id=${s} />`:h`<${j} status=${L.status} large />`}
${A}
</div>
<${t} person=${L} />
<${a} id=${s} person=${L} />
</div>`:S.value?h`<${$} isPage title=${d.person.unseenYet}>${P?h`<${w} id=${s} />`:A}<//>`:!V.value&&h`<${p} />`}
${I.value&&h`<${i} ids=${[s]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};